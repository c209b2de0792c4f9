"""What the window shows of view, photo and model. Each presenter follows one matter and fills the widgets."""
