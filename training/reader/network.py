"""The reader's network, built by fast-plate-ocr from our two configuration files."""

import os

os.environ.setdefault(
    "KERAS_BACKEND", "tensorflow"
)  # the only fast backend on a CPU; read at import of keras
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from pathlib import Path

import keras
import numpy as np
from fast_plate_ocr.train.model.config import PlateConfig, load_plate_config_from_yaml
from fast_plate_ocr.train.model.layers import SequencePooling, TransformerBlock
from fast_plate_ocr.train.model.model_builders import build_model
from fast_plate_ocr.train.model.model_schema import CCTModelConfig, load_model_config_from_yaml

PLATE_CONFIG_FILE = Path(__file__).with_name("plate.yaml")
MODEL_CONFIG_FILE = Path(__file__).with_name("model.yaml")

_CPU_FACTS = Path("/proc/cpuinfo")

_BFLOAT16_FLAGS = ("amx_bf16", "avx512_bf16")
"""A processor with one of these multiplies bfloat16 itself, at twice the speed of float32; one without
converts each number and takes 2.7 times as long as in float32 (2.21 s a step instead of 0.83 s)."""

_OUTPUT_LAYERS = ("plate", "region")

LETTER_CLASSES = 27
"""No letter, and A to Z: what the columns are told about the printed state name while training."""


def fast_policy(cpu_facts: Path = _CPU_FACTS) -> str:
    """Return the arithmetic that trains fastest on this processor; weights stay float32 in both."""
    try:
        flags = cpu_facts.read_text(encoding="ascii", errors="replace").split()
    except OSError:  # not Linux
        return "float32"
    return "mixed_bfloat16" if any(flag in flags for flag in _BFLOAT16_FLAGS) else "float32"


def plate_config() -> PlateConfig:
    """Return what the reader reads: alphabet, slots, size, states."""
    return load_plate_config_from_yaml(PLATE_CONFIG_FILE)


def build_reader(policy: str = "float32") -> keras.Model:
    """Build the network with plate and region head; its softmax layers always compute in
    float32.

    The library feeds its region head from the eight slot tokens, which have looked at the number
    only. A state is told by its name, far from the number, so the region head here gets all
    columns; it is made of the library's own layers.
    """
    config = load_model_config_from_yaml(MODEL_CONFIG_FILE)
    keras.backend.clear_session()  # layer names are numbered anew, as in the exported file
    keras.mixed_precision.set_global_policy(policy)
    trunk = build_model(config, plate_config(), enable_region_head=False)
    region = _region_head(column_tokens(trunk, config), config)
    outputs = {"plate": trunk.get_layer("plate").output, "region": region}
    model = keras.Model(trunk.input, outputs, name="CCT_OCR")
    keras.mixed_precision.set_global_policy("float32")
    for name in _OUTPUT_LAYERS:
        for layer in model.get_layer(name)._flatten_layers():
            layer.dtype_policy = keras.DTypePolicy("float32")
    return model


def column_tokens(model: keras.Model, config: CCTModelConfig | None = None) -> keras.KerasTensor:
    """Return the tokens of the picture's columns, after the encoder and before the slots."""
    config = config or load_model_config_from_yaml(MODEL_CONFIG_FILE)
    return model.get_layer(f"transformer_block_{config.transformer_encoder.layers}").output


def _region_head(tokens: keras.KerasTensor, config: CCTModelConfig) -> keras.KerasTensor:
    encoder = config.transformer_encoder
    for number in range(1, encoder.region_pre_seqpool_layers + 1):
        tokens = TransformerBlock(
            projection_dim=encoder.projection_dim,
            num_heads=encoder.heads,
            mlp_units=encoder.units,
            attention_layout=encoder.attention_layout,
            attention_dropout=encoder.attention_dropout,
            mlp_dropout=encoder.mlp_dropout,
            drop_path_rate=0.0,
            norm_type=encoder.normalization,
            activation=encoder.activation,
            name=f"region_pre_pool_transformer_block_{number}",
        )(tokens)
    pooled = SequencePooling(name="region_seq_pool")(tokens)
    regions = len(plate_config().plate_regions or ())
    return keras.layers.Dense(regions, activation="softmax", name="region")(pooled)


class LabelCoder:
    """Turns texts and states into class numbers and back."""

    def __init__(self, config: PlateConfig) -> None:
        self._config = config
        self._slots = config.max_plate_slots
        self._number_of_code = np.full(128, config.pad_idx, np.int32)
        for number, sign in enumerate(config.alphabet):
            self._number_of_code[ord(sign)] = number
        self._region_numbers = {state: i for i, state in enumerate(config.plate_regions or ())}

    def slots_of(self, texts: np.ndarray) -> np.ndarray:
        """Return count x slots class numbers; missing signs are the pad sign."""
        codes = texts.astype(f"U{self._slots}").view(np.uint32).reshape(len(texts), self._slots)
        return self._number_of_code[codes]  # code 0 (end of text) maps to the pad sign

    def regions_of(self, states: np.ndarray) -> np.ndarray:
        """Return the class number of each state."""
        return np.array([self._region_numbers[state] for state in states.tolist()], np.int32)

    def text_of(self, numbers: np.ndarray) -> str:
        """Return the text of one row of slot numbers, without pad signs."""
        return "".join(self._config.alphabet[n] for n in numbers).replace(self._config.pad_char, "")
