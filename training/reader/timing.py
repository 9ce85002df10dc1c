"""How long one plate takes on one core; processor time, so that a busy machine does not count."""

import time
from pathlib import Path

import numpy as np
import onnxruntime

WARM_UP_CALLS, TIMED_CALLS = 20, 200


def milliseconds_per_plate(model_file: Path) -> float:
    """Return the processor time of one call with one plate on one thread, in milliseconds."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model_file, options, providers=["CPUExecutionProvider"])
    model_input = session.get_inputs()[0]
    picture = np.random.default_rng(0).integers(0, 256, (1, *model_input.shape[1:]), np.uint8)
    start_s = 0.0
    for call in range(WARM_UP_CALLS + TIMED_CALLS):
        if call == WARM_UP_CALLS:
            start_s = time.process_time()
        session.run(None, {model_input.name: picture})
    return (time.process_time() - start_s) / TIMED_CALLS * 1000
