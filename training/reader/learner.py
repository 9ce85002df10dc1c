"""One optimiser step, the moving average, and validation; losses and metrics are
fast-plate-ocr's."""

from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf
from fast_plate_ocr.train.model.loss import cce_loss
from fast_plate_ocr.train.model.metric import cat_acc_metric, plate_acc_metric, plate_len_acc_metric

from training.reader.checkpoint import Checkpoint
from training.reader.network import (
    LETTER_CLASSES,
    LabelCoder,
    build_reader,
    column_tokens,
    fast_policy,
    plate_config,
)
from training.reader.shards import Shard

LABEL_SMOOTHING = 0.01
WEIGHT_DECAY = 0.01
CLIP_NORM = 1.0
AVERAGE_KEEP = 0.999
"""Share of the moving average kept per step, once it has warmed up."""

NUMBER_WEIGHT = 4.0
"""Weight of the number's loss, which is a mean over eight slots."""

NAME_WEIGHT = 0.5
"""Weight of naming, in every column, the letter of the printed state name that stands there. Only the
training does it: so the columns carry letters, from which the state is told. The layer for it is not
exported."""

VALIDATION_BATCH = 250


@dataclass(frozen=True, slots=True)
class Labels:
    """Class numbers of some pictures."""

    slots: np.ndarray
    """Count x 8."""
    regions: np.ndarray
    """Count."""
    letters: np.ndarray
    """Count x NAME_COLUMNS; 0 is no letter."""

    def of(self, chosen: np.ndarray) -> "Labels":
        """Return the labels of the chosen pictures."""
        return Labels(self.slots[chosen], self.regions[chosen], self.letters[chosen])


class Learner:
    """Network, its moving average and the optimiser."""

    def __init__(self, region_weight: float) -> None:
        self._region_weight = region_weight
        self._config = plate_config()
        self._coder = LabelCoder(self._config)
        self.model = build_reader(fast_policy())
        self.averaged = build_reader(fast_policy())
        self._optimiser = keras.optimizers.AdamW(
            1e-3, weight_decay=WEIGHT_DECAY, global_clipnorm=CLIP_NORM
        )
        self._optimiser.exclude_from_weight_decay(var_names=["bias", "layer_norm"])
        plate, region = self.model.output["plate"], self.model.output["region"]
        columns = column_tokens(self.model)
        self._with_columns = keras.Model(self.model.input, [plate, region, columns])
        self._speller = keras.layers.Dense(LETTER_CLASSES, dtype="float32", name="speller")
        self._speller.build(columns.shape)
        self._trained = self.model.trainable_variables + self._speller.trainable_variables
        self._optimiser.build(self._trained)
        self._plate_loss = cce_loss(self._config.vocabulary_size, LABEL_SMOOTHING)
        self._region_loss = keras.losses.CategoricalCrossentropy()
        self._compiled_step = tf.function(self._step)
        self._compiled_predict = tf.function(
            lambda pictures: self.averaged(pictures, training=False)
        )

    def average_from_here(self) -> None:
        """Set the moving average to the present weights."""
        self.averaged.set_weights(self.model.get_weights())

    def learn(self, pictures: np.ndarray, labels: Labels, rate: float, step: int) -> tf.Tensor:
        """Do one step and return its losses: number, state, spelled name."""
        self._optimiser.learning_rate.assign(rate)
        keep = tf.constant(min(AVERAGE_KEEP, (1 + step) / (10 + step)), tf.float32)
        return self._compiled_step(pictures, labels.slots, labels.regions, labels.letters, keep)

    def _step(
        self,
        pictures: tf.Tensor,
        slots: tf.Tensor,
        regions: tf.Tensor,
        letters: tf.Tensor,
        keep: tf.Tensor,
    ) -> tf.Tensor:
        plate_truth = tf.one_hot(slots, self._config.vocabulary_size)
        region_truth = tf.one_hot(regions, len(self._config.plate_regions or ()))
        with tf.GradientTape() as tape:
            plate, region, columns = self._with_columns(pictures, training=True)
            plate_loss = self._plate_loss(plate_truth, tf.cast(plate, tf.float32))
            region_loss = self._region_loss(region_truth, tf.cast(region, tf.float32))
            spelling_loss = tf.reduce_mean(
                tf.nn.sparse_softmax_cross_entropy_with_logits(
                    letters, self._speller(tf.cast(columns, tf.float32))
                )
            )
            loss = NUMBER_WEIGHT * plate_loss
            loss += self._region_weight * region_loss + NAME_WEIGHT * spelling_loss
        gradients = tape.gradient(loss, self._trained)
        self._optimiser.apply_gradients(zip(gradients, self._trained, strict=True))
        pairs = zip(self.averaged.trainable_variables, self.model.trainable_variables, strict=True)
        for average, variable in pairs:
            average.assign(average * keep + variable * (1 - keep))
        return tf.stack([plate_loss, region_loss, spelling_loss])

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

    def labels(self, shard: Shard) -> Labels:
        """Return the class numbers of a shard."""
        return Labels(
            self._coder.slots_of(shard.texts),
            self._coder.regions_of(shard.states),
            shard.letters.astype(np.int32),
        )

    def checkpoint(self, step: int, images: int) -> Checkpoint:
        """Copy the present state."""
        state = [np.array(variable) for variable in self._optimiser.variables]
        return Checkpoint(
            step,
            images,
            self.model.get_weights(),
            self.averaged.get_weights(),
            self._speller.get_weights(),
            state,
        )

    def restore(self, checkpoint: Checkpoint) -> None:
        """Go back to a state."""
        self.model.set_weights(checkpoint.weights)
        self.averaged.set_weights(checkpoint.averaged)
        self._speller.set_weights(checkpoint.speller)
        for variable, value in zip(self._optimiser.variables, checkpoint.optimiser, strict=True):
            variable.assign(value)
