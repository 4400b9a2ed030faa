#include "taeda/data/worker.h"

#include <chrono>

#include "taeda/base/error.h"
#include "taeda/random/thread_generator.h"

namespace taeda::data {

namespace {
thread_local const WorkerInfo* current = nullptr;
}  // namespace

const WorkerInfo* get_worker_info() { return current; }

Task::~Task() = default;

Workers::Workers(int count, int64_t base_seed, std::function<void(int)> init)
    : init_(std::move(init)), queues_(size_t(count)) {
  threads_.reserve(size_t(count));
  for (int i = 0; i < count; i++)
    threads_.emplace_back([this, i, count, base_seed] { live({i, count, base_seed + i}); });
}

Workers::~Workers() {
  {
    std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  given_.notify_all();
  for (auto& thread : threads_) thread.join();
}

void Workers::submit(int worker, std::shared_ptr<Task> task) {
  {
    std::lock_guard lock(mutex_);
    queues_[size_t(worker)].push_back(std::move(task));
  }
  given_.notify_all();
}

void Workers::wait(Task& task, double timeout) {
  std::unique_lock lock(mutex_);
  auto done = [&] { return task.done_; };
  if (timeout <= 0) {
    done_.wait(lock, done);
  } else if (!done_.wait_for(lock, std::chrono::duration<double>(timeout), done)) {
    fail("DataLoader timed out after ", short_text(timeout), " seconds");
  }
  if (task.error_) std::rethrow_exception(std::exchange(task.error_, nullptr));
}

void Workers::live(WorkerInfo info) {
  current = &info;
  seed_this_thread(uint64_t(info.seed));
  std::exception_ptr broken;
  try {
    if (init_) init_(info.id);
  } catch (...) { broken = std::current_exception(); }
  auto& queue = queues_[size_t(info.id)];
  std::unique_lock lock(mutex_);
  for (;;) {
    given_.wait(lock, [&] { return stopped_ || !queue.empty(); });
    if (stopped_) return;
    std::shared_ptr<Task> task = std::move(queue.front());
    queue.pop_front();
    lock.unlock();  // user code runs without the lock
    std::exception_ptr error = broken;
    if (!error) try {
        task->run();
      } catch (...) { error = std::current_exception(); }
    lock.lock();
    task->error_ = std::move(error);
    task->done_ = true;
    done_.notify_all();
    lock.unlock();
    task.reset();  // its batch may be freed here, where the loop has gone
    lock.lock();
  }
}

}  // namespace taeda::data
