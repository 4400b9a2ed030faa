"""Where a program's time goes, by the ranges it names with record_function.

Ranges are measured and listed, nested ones within their outer ones, as are the profiler's steps.
Single ops are not listed.
"""

from .profiler import (
    ProfilerAction as ProfilerAction,
    ProfilerActivity as ProfilerActivity,
    profile as profile,
    record_function as record_function,
    schedule as schedule,
    supported_activities as supported_activities,
    tensorboard_trace_handler as tensorboard_trace_handler,
)
