"""What each kind of layer computes, in TensorFlow's operators. See `table.LAYERS`."""
