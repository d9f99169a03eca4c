// The last step of every reader: a description in the form that the other parts expect.
#pragma once

#include "timeloom/generators/import/description/description.hpp"

namespace timeloom::importing {

/// Softmaxes become layers of their own, behind the dense layers and activations that had them, and names
/// become such as a declaration can have: letters, digits and _ . -, at most 40, and all different.
Description normalized(Description description);

} // namespace timeloom::importing
