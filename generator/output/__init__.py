"""The output folder: what it may be, what of it is ours, and how a finished site gets into it."""

from generator.output.choice import WORK_FOLDER, choose_folder
from generator.output.folder import Changes, Folder, Staging
from generator.output.survey import survey

__all__ = ["WORK_FOLDER", "Changes", "Folder", "Staging", "choose_folder", "survey"]
