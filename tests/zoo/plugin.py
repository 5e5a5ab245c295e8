"""A pytest plugin (``-p tests.zoo.plugin``): the test process is planted with the bug the environment names."""

import os

from tests.zoo.plant import VARIABLE, bugs, plant

plant(bugs()[os.environ[VARIABLE]])
