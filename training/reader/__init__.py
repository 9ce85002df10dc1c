"""Training the plate reader with fast-plate-ocr's own model builder, losses and metrics.

Reading order: `plate.yaml` and `model.yaml` (the library's two configurations), `shards` (fresh
pictures for ever), `start_weights` (slot queries that look left to right from the first step),
`schedule` (learning rate), `checkpoint` (what is kept), `train` (the loop), `export` (ONNX, card),
`evaluate` (real photographs).
"""
