// SPDX-License-Identifier: MIT OR Apache-2.0
// JobSet: starts jobs from the ready queue, and frees them from there when they are done.
#include <flnet/job_set.hpp>

#include <flnet/event.hpp>

#include <list>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace flnet {

struct JobSet::State {
  using Jobs = std::list<std::optional<Task<>>>;

  explicit State(Loop& its_loop) : loop(its_loop) {}

  /// What really runs: the job, and the note that it is done.
  static Task<> watch(State& state, Task<> job, Jobs::iterator self) {
    co_await job;
    state.finished(self);
  }

  void start_added() {
    for (const Jobs::iterator job : std::exchange(added, {})) (*job)->start();
  }

  void finished(Jobs::iterator job) {
    // Its frame is on the stack: it is freed by a call of its own.
    if (done.empty()) free_done = loop.soon([this] { const Jobs freed = std::exchange(done, {}); });
    done.splice(done.end(), running, job);
    if (running.empty()) none_left.notify();
  }

  Loop& loop;
  Event none_left;
  Jobs running, done;
  std::vector<Jobs::iterator> added;
  Deferred start_jobs, free_done;
};

JobSet::JobSet(Loop& loop) : state_(std::make_unique<State>(loop)) {}

JobSet::~JobSet() = default;

void JobSet::add(Task<> job) {
  State& state = *state_;
  state.none_left.reset();
  state.running.emplace_back();
  const auto place = std::prev(state.running.end());
  place->emplace(State::watch(state, std::move(job), place));
  if (state.added.empty()) state.start_jobs = state.loop.soon([&state] { state.start_added(); });
  state.added.push_back(place);
}

std::size_t JobSet::size() const {
  return state_->running.size();
}

Task<> JobSet::empty() {
  while (!state_->running.empty()) {
    const bool alive = co_await state_->none_left.wait();
    if (!alive) co_return;
  }
}

}  // namespace flnet
