"""The configuration: found by walking up from what is checked, read strictly, every mistake named with its line."""

from mldebt.config.find import find_config, find_configs
from mldebt.config.model import Config, Consumer, Override, Settings, Waiver
from mldebt.config.read import load_config, load_settings, read_config

__all__ = [
    "Config",
    "Consumer",
    "Override",
    "Settings",
    "Waiver",
    "find_config",
    "find_configs",
    "load_config",
    "load_settings",
    "read_config",
]
