// SPDX-License-Identifier: MIT OR Apache-2.0
// Whole files by POSIX calls: the standard library can neither set a mode at creation nor sync.
#include "io/native/file_text.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

namespace flnet::io {
namespace {

class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  explicit operator bool() const { return descriptor_ >= 0; }
  int descriptor() const { return descriptor_; }
  /// Some file systems report only here that they could not write.
  bool close() { return ::close(std::exchange(descriptor_, -1)) == 0; }

 private:
  int descriptor_;
};

/// "can't read identity.json: Permission denied", of errno.
std::unexpected<Error> fault(std::string_view what, const std::string& path) {
  const std::string reason = std::generic_category().message(errno);
  return failure(ErrorCode::storage, std::string("can't ").append(what) + " " + path + ": " + reason);
}

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

/// Makes a renamed file's new name last through a power cut. A file system that can't do it for folders
/// is no reason to report a file that stands as not written.
void sync_folder_of(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  const File open_folder(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (open_folder) ::fsync(open_folder.descriptor());
}

/// Fills the fresh file; false with errno set.
bool fill(File& file, std::string_view text) {
  return write_all(file.descriptor(), text) && ::fsync(file.descriptor()) == 0 && file.close();
}

}  // namespace

Result<std::optional<std::string>> read_file(const std::string& path, std::size_t max_bytes) {
  // Without O_NONBLOCK, opening a named pipe would wait for its writer.
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file && errno == ENOENT) return std::nullopt;
  if (!file) return fault("read", path);
  struct stat state{};
  if (::fstat(file.descriptor(), &state) != 0) return fault("read", path);
  if (!S_ISREG(state.st_mode)) return failure(ErrorCode::storage, path + " is no regular file");
  std::string text;
  std::string piece(16 * 1024, '\0');
  while (true) {
    const ssize_t got = ::read(file.descriptor(), piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fault("read", path);
    if (got == 0) return text;
    text.append(piece, 0, static_cast<std::size_t>(got));
    if (text.size() > max_bytes) {
      return failure(ErrorCode::too_large, path + " has more than " + std::to_string(max_bytes) + " bytes");
    }
  }
}

Result<> replace_file(const std::string& path, const std::string& text) {
  std::string fresh = path + ".XXXXXX";
  File file(::mkostemp(fresh.data(), O_CLOEXEC));  // mode 0600, and never a file that was there
  if (!file) return fault("write", path);
  if (!fill(file, text) || ::rename(fresh.c_str(), path.c_str()) != 0) {
    auto failed = fault("write", path);
    ::unlink(fresh.c_str());
    return failed;
  }
  sync_folder_of(path);
  return {};
}

Result<> remove_file(const std::string& path) {
  if (::unlink(path.c_str()) == 0) {
    sync_folder_of(path);
    return {};
  }
  if (errno == ENOENT) return {};
  return fault("remove", path);
}

Result<> make_private_folder(const std::string& path) {
  std::filesystem::path so_far;
  for (const auto& part : std::filesystem::path(path)) {
    so_far /= part;
    if (::mkdir(so_far.c_str(), S_IRWXU) == 0 || errno == EEXIST) continue;
    // Of a folder that is there, some systems say that it can't be made, not that it is there.
    std::error_code unknown;
    const int reason = errno;
    if (std::filesystem::is_directory(so_far, unknown)) continue;
    errno = reason;
    return fault("make the folder", so_far.string());
  }
  return {};
}

}  // namespace flnet::io
