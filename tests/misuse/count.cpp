// Prints how many cases of misuse the program ran.
#define CATCH_CONFIG_EXTERNAL_INTERFACES // for the listener
#include "misuse.hpp"

#include <iostream>

namespace {

struct CaseCounter : Catch::TestEventListenerBase {
    using TestEventListenerBase::TestEventListenerBase;
    void testRunEnded(const Catch::TestRunStats&) override {
        std::cout << timeloom::tests::misuse_cases() << " cases of misuse\n";
    }
};

} // namespace

CATCH_REGISTER_LISTENER(CaseCounter)

#if defined(__SANITIZE_ADDRESS__)
/// Sizes that no memory holds are refused as they are without the sanitizer.
extern "C" const char* __asan_default_options() { return "allocator_may_return_null=1"; }
#endif
