"""The market as it happens: the candle under way, closed candles as soon as they are certain."""

from mlwidgets.market.live.bar import Bar
from mlwidgets.market.live.feed import CandleFeed
from mlwidgets.market.live.pace import Pace
from mlwidgets.market.live.status import FeedState, FeedStatus

__all__ = ["Bar", "CandleFeed", "FeedState", "FeedStatus", "Pace"]
