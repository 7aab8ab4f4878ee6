"""One renderer, one way: an Output's template and inputs to bytes. The only room that knows Jinja2."""
