"""Training the plate reader with fast-plate-ocr's own model builder, losses and metrics.

Reading order: `plate.yaml` and `model.yaml` (the library's two configurations), `network` (what we
change of it), `shards` (fresh pictures for ever), `start_weights` (slot queries that look left to
right from the first step), `shipped` (or the weights of the model in the product), `schedule`
(learning rate), `checkpoint` (what is kept), `learner` (one step), `train` (the loop), `calibration`
(honest probabilities), `export` (ONNX, card), `evaluate` (real photographs), `state_rule` (what shows a state,
with the pinned model).
"""
