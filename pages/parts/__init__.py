"""What the pages share: the frame of a page, the selection, texts, downloads, clickable drawings.

``data`` holds every cached call to the core, ``picker`` the selection that lives in the URL,
``words`` all teaching texts.
"""
