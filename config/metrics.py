"""Prometheus metrics of the web process; none of them names a person."""

from prometheus_client import Histogram

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
REQUESTS = Histogram(
    "dagskurs_request_seconds",
    "Time to answer a request, by named view",
    ["method", "view", "status"],
    buckets=(0.01, 0.03, 0.1, 0.3, 1, 3, 10),
)
