"""The output folder: what it may be, what of it is ours, and how a finished site gets into it."""

from generator.output.choice import PICTURES, WORK_FOLDER, choose_folder
from generator.output.folder import MANIFEST, Changes, Folder, leftovers
from generator.output.staging import Staging
from generator.output.survey import Survey, survey

__all__ = [
    "MANIFEST",
    "PICTURES",
    "WORK_FOLDER",
    "Changes",
    "Folder",
    "Staging",
    "Survey",
    "choose_folder",
    "leftovers",
    "survey",
]
