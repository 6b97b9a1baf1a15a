"""One small site for all tests of it."""

import pytest
import small_site

site = pytest.fixture(scope="session")(small_site.site)
