package io.github.trinopolicy.keys;

import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;

/// What a failure of AWS KMS means, and what to do, without the words of the service.
final class KmsFailure {
    private KmsFailure() {
    }

    static String reason(SdkException failure) {
        if (failure instanceof AwsServiceException service) {
            String code = service.awsErrorDetails() == null ? "" : String.valueOf(service.awsErrorDetails().errorCode());
            return service.isThrottlingException() || code.equals("ThrottlingException")
                    ? "it is throttled; raise the request quota of KMS, or policy.key-cache-max-age, and try again"
                    : reason(code, service.statusCode());
        }
        if (failure instanceof ApiCallTimeoutException || failure instanceof ApiCallAttemptTimeoutException) {
            return "KMS did not answer in time; check the network and policy.kms.endpoint";
        }
        return "KMS cannot be reached, or no credentials were found; check the network, policy.kms.endpoint, policy.kms.region and the credentials of the node";
    }

    private static String reason(String code, int status) {
        return switch (code) {
            case "AccessDeniedException" ->
                "access was denied; allow the role of the node kms:Decrypt, kms:GenerateDataKeyWithoutPlaintext and kms:Encrypt on it";
            case "UnrecognizedClientException", "InvalidSignatureException", "ExpiredTokenException", "IncompleteSignature" ->
                "the credentials of the node are not accepted; renew them";
            case "DisabledException" -> "the key is disabled; enable it";
            case "KMSInvalidStateException" ->
                "the key is pending deletion or otherwise unusable; cancel its deletion at once, or all its data keys are lost";
            case "NotFoundException" ->
                "there is no such key; correct policy.kms.key-arn, policy.kms.previous-key-arns or policy.kms.region";
            case "InvalidCiphertextException", "IncorrectKeyException" ->
                "it was altered, or moved from another key, table or store; restore its row from a backup";
            case "KeyUnavailableException", "DependencyTimeoutException", "KMSInternalException" -> "KMS is not available; try again";
            default -> "it failed with status %s; the log of AWS CloudTrail says more".formatted(status);
        };
    }
}
