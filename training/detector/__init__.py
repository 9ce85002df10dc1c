"""How the plate detector was made: a small convolutional network that finds plates in a grey frame.

Reading order: `scenes` composes training pictures (`surroundings`, `vehicles`, `decoys`, `mounting`
and `camera` each draw one part), `shards` stores them, `targets` turns plate corners into maps,
`network` and `loss` learn them, `train` runs it, `export` writes the ONNX file with its card,
`evaluate` measures it on photographs. Nothing here is shipped except the exported model.
"""
