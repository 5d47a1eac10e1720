"""Rebuilds a Halfnote model from TensorFlow's operators and converts it to TensorFlow Lite."""
