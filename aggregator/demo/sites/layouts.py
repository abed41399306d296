"""Which layout each dialect has."""

from aggregator.demo.outlets import Dialect
from aggregator.demo.sites.atom import ATOM
from aggregator.demo.sites.epi import EPI
from aggregator.demo.sites.frame import Layout
from aggregator.demo.sites.jsonfeed import JSONFEED
from aggregator.demo.sites.newsmap import NEWSMAP
from aggregator.demo.sites.nukeviet import NUKEVIET
from aggregator.demo.sites.onecms import ONECMS
from aggregator.demo.sites.rss import RSS
from aggregator.demo.sites.vnportal import VNPORTAL, VNPORTAL_API

LAYOUTS: dict[Dialect, Layout] = {
    Dialect.RSS: RSS,
    Dialect.ATOM: ATOM,
    Dialect.JSONFEED: JSONFEED,
    Dialect.NEWSMAP: NEWSMAP,
    Dialect.ONECMS: ONECMS,
    Dialect.EPI: EPI,
    Dialect.NUKEVIET: NUKEVIET,
    Dialect.VNPORTAL: VNPORTAL,
    Dialect.VNPORTAL_API: VNPORTAL_API,
}
