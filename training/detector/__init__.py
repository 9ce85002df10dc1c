"""How the plate detector was made: a small convolutional network that finds plates in a grey frame.

Reading order: `scenes` composes training pictures (`surroundings`, `vehicles`, `decoys` with `boards`,
`mounting` and `camera` each draw one part, `sheets` holds drawn plates, `lettering` other text), `shards`
stores them, `targets` turns plate corners into maps, `network` and `loss` learn them, `train` runs it
(from random weights, or by `unfolding` from an exported model), `export` writes the float32 ONNX file, `ship`
makes the product's one of it (`quantise`) with its `card`, `evaluate` measures it on photographs with
`decoding`, `report_rule` fits when a look is reported.
Nothing here is shipped except the model that `ship` writes.

    python -m training.pictures                                      # once: free pictures
    nice -n 5 python -m training.detector.train RUN                  # until stopped; resumes
    nice -n 5 python -m training.detector.train RUN --rate 1e-3 \
        --go-on-from training/detector/float_model/model.onnx
    nice -n 5 python -m training.detector.train RUN --cool-down 50   # minutes; writes cooled.pt
    python -m training.detector.export training/runs/RUN/cooled.pt
    python -m training.detector.ship --target DRAFT
    python -m training.detector.evaluate DRAFT/model.onnx PHOTOS BACKGROUNDS --json FIGURES
    python -m training.detector.ship --figures FIGURES
    python -m training.pin_models
    python -m training.detector.report_rule                          # with the pinned models
    alpr bench vision --no-peer                                      # both models together

The second line starts at random weights, the third where a shipped model stands; one of them is enough.
A run is resumed and cooled down with the `--rate` that it was started with.
More workers, each its own process: `python -m training.detector.shards training/runs/RUN --seed N`.
"""
