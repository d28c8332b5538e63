"""PyTorch models, their training, intervals, regime, and the trained model."""
