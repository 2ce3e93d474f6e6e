"""The Gradio page; sees the product only through `ui.client`."""
