// All layers.
#pragma once
#include "taeda/nn/activation.h"
#include "taeda/nn/container.h"
#include "taeda/nn/conv.h"
#include "taeda/nn/dropout.h"
#include "taeda/nn/embedding.h"
#include "taeda/nn/linear.h"
#include "taeda/nn/loss.h"
#include "taeda/nn/norm.h"
#include "taeda/nn/pool.h"
#include "taeda/nn/reshape.h"
