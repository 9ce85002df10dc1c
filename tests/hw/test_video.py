"""Video files, whole and damaged."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from alpr_core.errors import InputError
from alpr_core.frame import Frame
from hw.capture import open_video_file
from hw.video import VideoFile, grey_of
from tests.hw.hand_clock import BEGAN_AT, HandClock

FRAMES = 40


def write_video(path: Path, coding: str) -> Path:
    """Write FRAMES pictures at 20 a second; picture i is about 5 * i grey, with grain that codes badly."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*coding), 20.0, (160, 120))
    assert writer.isOpened()
    rng = np.random.default_rng(1)
    for index in range(FRAMES):
        grain = rng.integers(0, 40, (120, 160, 3)) + 5 * index
        writer.write(grain.astype(np.uint8))
    writer.release()
    return path


def read_until_error(path: Path) -> tuple[list[Frame], InputError]:
    frames: list[Frame] = []
    with pytest.raises(InputError) as caught:
        for frame in VideoFile(path).frames():
            frames.append(frame)
    return frames, caught.value


@pytest.mark.parametrize(("name", "coding"), [("a.avi", "MJPG"), ("a.mp4", "mp4v")])
def test_every_picture_comes_in_order(name: str, coding: str, tmp_path: Path) -> None:
    """A whole video gives all its pictures, in order, in grey, timed by its own rate."""
    video = VideoFile(write_video(tmp_path / name, coding), HandClock(), camera="front")
    frames = list(video.frames())
    assert [frame.number for frame in frames] == list(range(1, FRAMES + 1))
    assert (frames[0].camera, frames[0].source, frames[0].taken_at) == ("front", name, BEGAN_AT)
    assert frames[20].taken_mono_s - frames[0].taken_mono_s == pytest.approx(1.0)
    assert (frames[20].taken_at - frames[0].taken_at).total_seconds() == pytest.approx(1.0)
    assert frames[0].pixels.shape == (120, 160)
    means = [float(frame.pixels.mean()) for frame in frames]
    assert means == sorted(means)


def test_video_cut_short_gives_what_is_there_and_says_so(tmp_path: Path) -> None:
    """Half a video yields its first half, then an error that counts what was missing."""
    path = write_video(tmp_path / "half.avi", "MJPG")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    frames, error = read_until_error(path)
    assert FRAMES // 4 < len(frames) < FRAMES * 3 // 4
    assert f"half.avi is cut short: {len(frames)} of {FRAMES} pictures" in error.what


def test_mp4_without_its_index_is_refused(tmp_path: Path) -> None:
    """An MP4 that lost its end, where the index is, is refused by name."""
    path = write_video(tmp_path / "half.mp4", "mp4v")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    frames, error = read_until_error(path)
    assert frames == []
    assert "half.mp4 is not a video" in error.what


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (bytes(range(256)) * 40, "not a video"),
        (b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n", "is a text"),
        (b"ffconcat version 1.0\nfile /etc/hostname\n", "is a text"),
        (b"\xef\xbb\xbf <?xml version='1.0'?><!--\xff--><MPD>", "is a text"),
    ],
)
def test_no_video_is_refused(content: bytes, reason: str, tmp_path: Path) -> None:
    """What is no video is refused by name, and a playlist is not followed."""
    path = tmp_path / "odd.mp4"
    path.write_bytes(content)
    frames, error = read_until_error(path)
    assert frames == []
    assert "odd.mp4" in error.what
    assert reason in error.what


PLAYLIST = b"ffconcat version 1.0\n#\xff\nfile other.avi\n"
HLS = b"#EXTM3U\n#\xff\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nother.avi\n#EXT-X-ENDLIST\n"
ID3_TAG = b"ID3\x03\x00\x00\x00\x00\x00\x0a" + bytes(10)


@pytest.mark.parametrize(
    ("content", "reason"),
    [(PLAYLIST, "is a text"), (HLS, "is a text"), (ID3_TAG + PLAYLIST, "not a video that we know")],
)
def test_playlist_with_odd_bytes_is_not_followed(
    content: bytes, reason: str, tmp_path: Path
) -> None:
    """A playlist that hides behind bytes which are no text is refused, though what it names is there."""
    write_video(tmp_path / "other.avi", "MJPG")
    path = tmp_path / "x.mp4"
    path.write_bytes(content)
    frames, error = read_until_error(path)
    assert frames == []
    assert reason in error.what


@pytest.mark.parametrize("name", ["x.mp4", "x.m3u8", "x.mpd"])
def test_ffmpeg_itself_opens_no_playlist(name: str, tmp_path: Path) -> None:
    """Even a playlist that our own look at its first bytes lets pass is not opened by FFmpeg."""
    write_video(tmp_path / "other.avi", "MJPG")
    path = tmp_path / name
    path.write_bytes(HLS if name.endswith("m3u8") else PLAYLIST)
    assert not open_video_file(str(path)).isOpened()


@pytest.mark.parametrize("name", ["a.mkv", "a.mov", "a.m4v", "a.mpg", "a.ts", "a.webm"])
def test_every_known_kind_of_video_is_opened(name: str, tmp_path: Path) -> None:
    """What FFmpeg is kept from are playlists; no kind of video that `alpr read` knows is among them."""
    path = write_video(tmp_path / name, "VP80" if name.endswith("webm") else "mp4v")
    assert len(list(VideoFile(path).frames())) == FRAMES


def test_folder_and_missing_file_are_refused(tmp_path: Path) -> None:
    """A folder, and nothing at all, are told apart."""
    assert "is a folder" in read_until_error(tmp_path)[1].what
    assert "cannot be found" in read_until_error(tmp_path / "gone.mp4")[1].what


def test_percent_sign_is_no_picture_pattern(tmp_path: Path) -> None:
    """A file name with %d names one file, never a series of pictures."""
    path = write_video(tmp_path / "take%02d.avi", "MJPG")
    assert len(list(VideoFile(path).frames())) == FRAMES


def test_deep_grey_is_scaled() -> None:
    """A camera's 16-bit picture becomes 8-bit grey by its full range, not by cutting bits off."""
    deep = np.array([[0, 257, 32_896, 65_535]], dtype=np.uint16)
    assert grey_of(deep).tolist() == [[0, 1, 128, 255]]
    assert grey_of(np.full((1, 1, 3), 77, np.uint8)).tolist() == [[77]]


def test_close_ends_the_video(tmp_path: Path) -> None:
    """After `close` no further picture is decoded, and that is not called cut short."""
    video = VideoFile(write_video(tmp_path / "a.avi", "MJPG"))
    frames = video.frames()
    next(frames)
    video.close()
    assert list(frames) == []


def test_nothing_is_written_on_the_screen(tmp_path: Path) -> None:
    """Damaged videos, missing devices and dead network cameras leave descriptors 1 and 2 untouched."""
    path = write_video(tmp_path / "half.avi", "MJPG")
    content = bytearray(path.read_bytes()[: path.stat().st_size // 2])
    content[len(content) // 2 : len(content) // 2 + 900] = b"\xff\x00\x55" * 300
    path.write_bytes(bytes(content))
    lost = write_video(tmp_path / "lost.mp4", "mp4v")
    lost.write_bytes(lost.read_bytes()[:900])
    script = (
        "import sys, cv2; from pathlib import Path; from hw.video import VideoFile\n"
        "from hw.camera import LiveCamera; from alpr_core.errors import AlprError\n"
        "sources = [VideoFile(Path(name)) for name in sys.argv[1:]]\n"
        "sources += [LiveCamera(a, 'c') for a in ('/dev/video199', 'rtsp://127.0.0.1:9/x')]\n"
        "for source in sources:\n"
        "    try: list(source.frames())\n"
        "    except AlprError: pass\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", script, str(path), str(lost)], capture_output=True, check=True
    )
    assert (answer.stdout, answer.stderr) == (b"", b"")
