"""From pixels to text: the detector and the reader, both ONNX models that come in the package.

Reading order: `model_files` (which model, is it ours), `plate_detector`, `plate_reader`, `eyes` (both).
"""

__house__ = "alpr-tui"
