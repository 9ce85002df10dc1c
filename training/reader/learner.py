"""One optimiser step, the moving average, and validation; losses and metrics are
fast-plate-ocr's."""

import keras
import numpy as np
import tensorflow as tf
from fast_plate_ocr.train.model.loss import cce_loss
from fast_plate_ocr.train.model.metric import cat_acc_metric, plate_acc_metric, plate_len_acc_metric

from training.reader.checkpoint import Checkpoint
from training.reader.network import FAST_POLICY, LabelCoder, build_reader, plate_config
from training.reader.shards import Shard

LABEL_SMOOTHING = 0.01
WEIGHT_DECAY = 0.01
CLIP_NORM = 1.0
AVERAGE_KEEP = 0.999
"""Share of the moving average kept per step, once it has warmed up."""

VALIDATION_BATCH = 250


class Learner:
    """Network, its moving average and the optimiser."""

    def __init__(self, region_weight: float) -> None:
        self._region_weight = region_weight
        self._config = plate_config()
        self._coder = LabelCoder(self._config)
        self.model = build_reader(FAST_POLICY)
        self.averaged = build_reader(FAST_POLICY)
        self._optimiser = keras.optimizers.AdamW(
            1e-3, weight_decay=WEIGHT_DECAY, global_clipnorm=CLIP_NORM
        )
        self._optimiser.exclude_from_weight_decay(var_names=["bias", "layer_norm"])
        self._optimiser.build(self.model.trainable_variables)
        self._plate_loss = cce_loss(self._config.vocabulary_size, LABEL_SMOOTHING)
        self._region_loss = keras.losses.CategoricalCrossentropy()
        self._compiled_step = tf.function(self._step)
        self._compiled_predict = tf.function(
            lambda pictures: self.averaged(pictures, training=False)
        )

    def average_from_here(self) -> None:
        """Set the moving average to the present weights."""
        self.averaged.set_weights(self.model.get_weights())

    def learn(
        self, pictures: np.ndarray, slots: np.ndarray, regions: np.ndarray, rate: float, step: int
    ) -> float:
        """Do one step and return its loss."""
        self._optimiser.learning_rate.assign(rate)
        keep = min(AVERAGE_KEEP, (1 + step) / (10 + step))
        return self._compiled_step(pictures, slots, regions, tf.constant(keep, tf.float32))

    def _step(
        self, pictures: tf.Tensor, slots: tf.Tensor, regions: tf.Tensor, keep: tf.Tensor
    ) -> tf.Tensor:
        plate_truth = tf.one_hot(slots, self._config.vocabulary_size)
        region_truth = tf.one_hot(regions, len(self._config.plate_regions or ()))
        with tf.GradientTape() as tape:
            answer = self.model(pictures, training=True)
            loss = self._plate_loss(plate_truth, tf.cast(answer["plate"], tf.float32))
            loss += self._region_weight * self._region_loss(
                region_truth, tf.cast(answer["region"], tf.float32)
            )
        variables = self.model.trainable_variables
        self._optimiser.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
        for average, variable in zip(self.averaged.trainable_variables, variables, strict=True):
            average.assign(average * keep + variable * (1 - keep))
        return loss

    def validate(self, shard: Shard) -> dict[str, float]:
        """Return accuracies of the averaged weights on a shard: plate, sign, length, state."""
        slot_count, signs = self._config.max_plate_slots, self._config.vocabulary_size
        measures = {
            "plate": plate_acc_metric(slot_count, signs),
            "sign": cat_acc_metric(slot_count, signs),
            "length": plate_len_acc_metric(slot_count, signs, self._config.pad_idx),
        }
        truth = keras.ops.one_hot(self._coder.slots_of(shard.texts), signs)
        answers = [
            self._compiled_predict(shard.pictures[i : i + VALIDATION_BATCH])
            for i in range(0, len(shard.texts), VALIDATION_BATCH)
        ]
        plates = tf.concat([answer["plate"] for answer in answers], axis=0)
        regions = tf.argmax(
            tf.concat([answer["region"] for answer in answers], axis=0), axis=-1
        ).numpy()
        found = {name: float(measure(truth, plates)) for name, measure in measures.items()}
        found["state"] = float(np.mean(regions == self._coder.regions_of(shard.states)))
        return found

    def labels(self, shard: Shard) -> tuple[np.ndarray, np.ndarray]:
        """Return slot numbers and region numbers of a shard."""
        return self._coder.slots_of(shard.texts), self._coder.regions_of(shard.states)

    def checkpoint(self, step: int, images: int) -> Checkpoint:
        """Copy the present state."""
        state = [np.array(variable) for variable in self._optimiser.variables]
        return Checkpoint(
            step, images, self.model.get_weights(), self.averaged.get_weights(), state
        )

    def restore(self, checkpoint: Checkpoint) -> None:
        """Go back to a state."""
        self.model.set_weights(checkpoint.weights)
        self.averaged.set_weights(checkpoint.averaged)
        for variable, value in zip(self._optimiser.variables, checkpoint.optimiser, strict=True):
            variable.assign(value)
