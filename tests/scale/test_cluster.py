"""Ray as mien starts it."""

import pytest

pytest.importorskip("ray", reason="Ray is not installed (extra `scale`)")
pytestmark = pytest.mark.filterwarnings("ignore")  # Ray's own, of every kind


@pytest.mark.usefixtures("ray")
def test_ray_tells_nobody_how_it_is_used() -> None:
    from ray._common.usage.usage_lib import usage_stats_enabled

    assert not usage_stats_enabled()
