"""From pixels to text: the detector and the reader, both ONNX models that come in the package.

Reading order: `model_files` (which model, is it ours), `plate_detector`, `plate_reader`, `eyes` (both).
"""

import os

__house__ = "alpr-tui"

# ONNX Runtime 1.32 reports its use to its maker over the network and keeps a device id in the home folder.
# It reads this when it is imported; plates of a police car are nobody's telemetry.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
