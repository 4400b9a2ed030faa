// Threads that fetch batches ahead of the loop that uses them. A worker runs its tasks in the order
// given and draws from a default generator of its own, so that what it draws depends on no other's
// speed.
#pragma once
#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "taeda/base/api.h"

namespace taeda::data {

struct WorkerInfo {
  int id = 0, num_workers = 0;
  int64_t seed = 0;  // of the worker's default generator: base seed + id
};

// That of the calling worker; null outside of one.
TAEDA_API const WorkerInfo* get_worker_info();

class Workers;

// Something to be done by a worker. What run() throws is rethrown by Workers::wait.
class TAEDA_API Task {
 public:
  virtual ~Task();

 protected:
  virtual void run() = 0;

 private:
  friend class Workers;
  std::exception_ptr error_;
  bool done_ = false;
};

class TAEDA_API Workers {
 public:
  // `init` is called once in each worker, before its first task; if it throws, its tasks throw
  // that.
  Workers(int count, int64_t base_seed, std::function<void(int worker)> init);
  ~Workers();  // waits for the tasks at hand; those not begun are dropped
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  int count() const { return int(threads_.size()); }
  void submit(int worker, std::shared_ptr<Task> task);
  // Until the task is done; Error after `timeout` seconds unless that is 0.
  void wait(Task& task, double timeout);

 private:
  void live(WorkerInfo info);

  std::function<void(int)> init_;
  std::mutex mutex_;
  std::condition_variable given_, done_;
  std::vector<std::deque<std::shared_ptr<Task>>> queues_;
  std::vector<std::thread> threads_;
  bool stopped_ = false;
};

}  // namespace taeda::data
