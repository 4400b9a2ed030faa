// The engine's worklist: nodes that have received a gradient and have not run, by descending clock.
#pragma once
#include <algorithm>

#include "taeda/autograd/borrowed.h"

namespace taeda {

// A heap by clock, and a hash table (linear probing) to find a node's entry.
class Frontier {
 public:
  struct Task {
    Node* node = nullptr;
    Tensor first;     // gradient of output 0
    TensorList rest;  // of outputs 1..
    Tensor& grad(uint32_t i) { return i == 0 ? first : rest[i - 1]; }
  };

  bool empty() const { return heap_.empty(); }

  // Adds g to the gradient of one of the node's outputs. A leaf waits until everything else has
  // run.
  void add(Node* node, uint32_t output, Tensor g) {
    Tensor& sum = tasks_[find_or_add(node)].grad(output);
    sum = sum.defined() ? borrowed::add(sum, g) : std::move(g);
  }
  // The leaf has all its gradients: it runs next.
  void hurry(Node* leaf) {
    for (Ready& r : heap_)
      if (tasks_[r.task].node == leaf) r.key = UINT64_MAX;
    std::make_heap(heap_.begin(), heap_.end());
  }

  Task pop() {
    std::pop_heap(heap_.begin(), heap_.end());
    uint32_t at = heap_.back().task;
    heap_.pop_back();
    Task task = std::move(tasks_[at]);
    tasks_[at] = {};
    unused_.push_back(at);
    erase(task.node);
    return task;
  }
  void reset() {
    if (slots_.size() > 1024 || !heap_.empty()) *this = Frontier();
    tasks_.clear();
    unused_.clear();
  }

 private:
  struct Ready {
    uint64_t key;
    uint32_t task;
    bool operator<(const Ready& o) const { return key < o.key; }
  };
  struct Slot {
    Node* node = nullptr;
    uint32_t task = 0;
  };

  size_t home(Node* n) const {
    return (reinterpret_cast<uintptr_t>(n) >> 6) * 0x9E3779B97F4A7C15u >> shift_;
  }
  size_t next(size_t i) const { return (i + 1) & (slots_.size() - 1); }

  uint32_t find_or_add(Node* node) {
    size_t i = home(node);
    for (; slots_[i].node; i = next(i))
      if (slots_[i].node == node) return slots_[i].task;
    uint32_t at;
    if (unused_.empty()) at = uint32_t(tasks_.size()), tasks_.emplace_back();
    else at = unused_.back(), unused_.pop_back();
    tasks_[at].node = node;
    if (node->outputs > 1) tasks_[at].rest.resize(node->outputs - 1);
    slots_[i] = {node, at};
    heap_.push_back({node->clock, at});
    std::push_heap(heap_.begin(), heap_.end());
    if (2 * heap_.size() > slots_.size()) grow();
    return at;
  }
  void erase(Node* node) {  // closes the gap
    size_t hole = home(node);
    while (slots_[hole].node != node) hole = next(hole);
    for (size_t i = next(hole); slots_[i].node; i = next(i)) {
      size_t want = home(slots_[i].node);
      bool stays = hole <= i ? (want > hole && want <= i) : (want > hole || want <= i);
      if (!stays) slots_[hole] = slots_[i], hole = i;
    }
    slots_[hole] = {};
  }
  void grow() {
    auto old = std::move(slots_);
    slots_.assign(old.size() * 2, {});
    shift_--;
    for (const Slot& s : old)
      if (s.node) {
        size_t i = home(s.node);
        while (slots_[i].node) i = next(i);
        slots_[i] = s;
      }
  }

  std::vector<Ready> heap_;
  std::vector<Task> tasks_;
  std::vector<uint32_t> unused_;
  int shift_ = 64 - 4;
  std::vector<Slot> slots_ = std::vector<Slot>(16);
};

}  // namespace taeda
