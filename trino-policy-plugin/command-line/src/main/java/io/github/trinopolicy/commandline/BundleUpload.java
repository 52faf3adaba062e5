package io.github.trinopolicy.commandline;

import io.github.trinopolicy.commandline.PolicyService.UploadedBundle;
import java.util.function.ToIntFunction;

/// Work with a bundle at the server: what the server finds wrong is said at its place in the files.
final class BundleUpload {
    private BundleUpload() {
    }

    static int use(PolicyService service, JoinedBundle bundle, Output output, ToIntFunction<UploadedBundle> work) {
        try (UploadedBundle uploaded = service.upload(bundle.text(), (done, total) -> output.progress("Uploading", done, total))) {
            return work.applyAsInt(uploaded);
        }
        catch (BundleRefusedException e) {
            throw bundle.refused(e);
        }
    }
}
