#include "timeloom/runtime/export/form.hpp"

namespace timeloom::embedded {

std::string filled(std::string_view form, const Texts& texts) {
    std::string result;
    for (std::size_t mark = form.find('@'); mark != form.npos; mark = form.find('@')) {
        const std::size_t end = form.find('@', mark + 1);
        result.append(form.substr(0, mark))
            .append(texts.at(std::string(form.substr(mark + 1, end - mark - 1))));
        form.remove_prefix(end + 1);
    }
    return result.append(form);
}

} // namespace timeloom::embedded
