"""RapidOCR over a list of pictures, one JSON line each. Runs in the peers' environment, alone.

    python rapidocr_peer.py PICTURE...   ->   {"image", "texts": [...], "cpu_ms"}

This file must import nothing of ours: the peer has its own OpenCV, which would break ours.
"""

import json
import logging
import sys
import time
from pathlib import Path

import cv2
from rapidocr import RapidOCR


def main(files: list[str]) -> None:
    logging.disable(logging.CRITICAL)
    cv2.setNumThreads(1)
    one_thread = {
        "EngineConfig.onnxruntime.intra_op_num_threads": 1,
        "Global.log_level": "critical",
    }
    engine = RapidOCR(params=one_thread | {"EngineConfig.onnxruntime.inter_op_num_threads": 1})
    engine(cv2.imread(files[0]))  # warm: buffers are allocated in the first run
    for file in files:
        picture = cv2.imread(file)
        began_s = time.process_time()
        found = engine(picture)
        cpu_ms = (time.process_time() - began_s) * 1000
        heights = (
            [float(max(p[1] for p in box) - min(p[1] for p in box)) for box in found.boxes]
            if found.boxes is not None
            else []
        )
        lines = sorted(zip(heights, found.txts or (), strict=False), reverse=True)
        report = {"image": Path(file).name, "texts": [text for _, text in lines], "cpu_ms": cpu_ms}
        print(json.dumps(report), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
