#include "watched.hpp"

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <stdexcept>

#include <dlfcn.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

std::atomic<std::size_t> allocations{0}, locks{0};

/// Counts a lock, and takes it by the C library's function of that name.
template <class Lock>
int locked(const char* name, Lock* lock) {
    using Function = int (*)(Lock*);
    ++locks;
    return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name))(lock);
}

} // namespace

// The program's own definitions stand before the C library's. Those for memory are there by other names, too.
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
void __libc_free(void* memory);

void* malloc(std::size_t size) {
    ++allocations;
    return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) {
    ++allocations;
    return __libc_calloc(count, size);
}
void* realloc(void* memory, std::size_t size) {
    ++allocations;
    return __libc_realloc(memory, size);
}
void* memalign(std::size_t alignment, std::size_t size) {
    ++allocations;
    return __libc_memalign(alignment, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) { return memalign(alignment, size); }
int posix_memalign(void** memory, std::size_t alignment, std::size_t size) {
    *memory = memalign(alignment, size);
    return *memory == nullptr ? ENOMEM : 0;
}
void free(void* memory) {
    ++allocations; // takes the same locks
    __libc_free(memory);
}

int pthread_mutex_lock(pthread_mutex_t* mutex) { return locked("pthread_mutex_lock", mutex); }
int pthread_mutex_trylock(pthread_mutex_t* mutex) { return locked("pthread_mutex_trylock", mutex); }
int pthread_rwlock_rdlock(pthread_rwlock_t* lock) { return locked("pthread_rwlock_rdlock", lock); }
int pthread_rwlock_wrlock(pthread_rwlock_t* lock) { return locked("pthread_rwlock_wrlock", lock); }
}

namespace timeloom::tests {

Asked asked_by(const std::function<void()>& work) {
    const Asked before{allocations, locks};
    work();
    return {allocations - before.allocations, locks - before.locks};
}

namespace {

/// From now on the kernel ends the process at any call but that which ends it.
bool forbid_system_calls() {
    sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit_group, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
    };
    const sock_fprog program{static_cast<unsigned short>(std::size(filter)), filter};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

} // namespace

bool calls_no_system(const std::function<void()>& work) {
    constexpr int done = 0, no_filter = 3;
    const pid_t child = fork();
    if (child < 0) {
        throw std::runtime_error("cannot start a process");
    }
    if (child == 0) {
        if (!forbid_system_calls()) {
            _exit(no_filter);
        }
        work();
        _exit(done);
    }
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == no_filter) {
        throw std::runtime_error("this system lets no program forbid itself system calls");
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == done;
}

} // namespace timeloom::tests
