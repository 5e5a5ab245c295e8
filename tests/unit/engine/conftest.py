"""Profiles of hypothesis for runs of these tests that are repeated thousands of times."""

from hypothesis import Phase, settings

settings.register_profile("mutation", phases=(Phase.explicit, Phase.generate))
"""The first failure is enough: a mutant is killed, however large the example is."""
