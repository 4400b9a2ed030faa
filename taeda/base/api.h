// TAEDA_API marks what libtaeda.so exports; everything else stays hidden.
#pragma once

#define TAEDA_API __attribute__((visibility("default")))
