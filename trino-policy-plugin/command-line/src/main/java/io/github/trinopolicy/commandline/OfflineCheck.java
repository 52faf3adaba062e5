package io.github.trinopolicy.commandline;

import static com.google.common.collect.ImmutableSet.toImmutableSet;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.bundle.BundleDocument;
import io.github.trinopolicy.bundle.DeclaredNames;
import io.github.trinopolicy.model.DataSource;
import io.github.trinopolicy.model.Kind;
import io.github.trinopolicy.model.ObjectName;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// What can be said of a bundle without the store and without Trino.
///
/// @param errors what is wrong wherever the bundle is applied
/// @param undeclared names that the bundle uses and does not declare; the store may declare them
record OfflineCheck(List<Problem> errors, List<Problem> undeclared) {
    OfflineCheck {
        errors = ImmutableList.copyOf(errors);
        undeclared = ImmutableList.copyOf(undeclared);
    }

    static OfflineCheck of(BundleSet bundle) {
        DeclaredNames names = new DeclaredNames(bundle::objects);
        Set<ObjectName> registered = bundle.objects(Kind.DATA_SOURCE).stream().map(object -> ((DataSource) object).objectName())
                .collect(toImmutableSet());
        List<Problem> errors = new ArrayList<>();
        List<Problem> undeclared = new ArrayList<>();
        for (BundleSet.Part part : bundle.parts()) {
            for (BundleDocument document : part.documents()) {
                new DocumentCheck(part.text().file(), document, names, registered, errors::add, undeclared::add).check();
            }
        }
        return new OfflineCheck(errors, undeclared);
    }
}
