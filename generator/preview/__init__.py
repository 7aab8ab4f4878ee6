"""The live preview: the site as it will be built, in a browser beside the editor, following every save.

It renders each page on request through the same plan and templates as the build and writes nothing to output/. The
only room that knows watchdog and the web server.
"""
