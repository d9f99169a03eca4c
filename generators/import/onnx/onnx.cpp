#include "timeloom/generators/import/onnx/onnx.hpp"

#include "timeloom/generators/import/onnx/onnx_graph.hpp"
#include "timeloom/runtime/error.hpp"

namespace timeloom::importing {

Description read_onnx(std::string_view bytes, const ImportOptions& options) {
    const OnnxGraph graph = read_onnx_file(bytes);
    // An input does not say which of its axes is time: the file's nodes do, as they fit to one order alone.
    std::string first_error;
    for (const char* axes : {"BTF", "TBF"}) {
        try {
            return OnnxReader(graph, options, axes).run();
        } catch (const OnnxAxesError& error) {
            first_error = first_error.empty() ? error.what() : first_error;
        }
    }
    throw Error(first_error);
}

} // namespace timeloom::importing
