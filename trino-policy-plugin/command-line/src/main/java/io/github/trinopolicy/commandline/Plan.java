package io.github.trinopolicy.commandline;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What applying a bundle would change, as the server answered it.
record Plan(Answer answer) {
    static final String CREATE = "create";
    static final String CHANGE = "change";
    static final String REMOVE = "remove";
    static final String APPROVE = "approve";

    Plan {
        requireNonNull(answer, "answer is null");
    }

    /// False also where the plan has only warnings.
    boolean changesSomething() {
        return count(CREATE) + count(CHANGE) + count(REMOVE) + count(APPROVE) > 0;
    }

    /// `2 to create, 1 to change, 0 to remove, 3 columns to approve`
    String summary() {
        long approvals = count(APPROVE);
        return "%s to create, %s to change, %s to remove, %s to approve".formatted(count(CREATE), count(CHANGE), count(REMOVE),
                approvals == 1 ? "1 column" : approvals + " columns");
    }

    void print(Output output) {
        answer.rows().forEach(row -> print(row, output));
    }

    private void print(List<@Nullable String> row, Output output) {
        String action = answer.value(row, "action").orElse("");
        String heading = "%s %s %s".formatted(action, answer.value(row, "kind").orElse(""), answer.value(row, "name").orElse("")).strip();
        List<String> detail = answer.value(row, "detail").orElse("").lines().toList();
        switch (action) {
            case CREATE -> output.line(Colour.ADDED, "+ " + heading);
            case REMOVE -> output.line(Colour.REMOVED, "- " + heading);
            case CHANGE -> output.line(Colour.CHANGED, "~ " + heading);
            case APPROVE -> output.line(Colour.APPROVED, "* %s %s".formatted(heading, String.join(" ", detail)).stripTrailing());
            default -> output.line(Colour.WARNING, "! " + heading);
        }
        if (!action.equals(APPROVE)) {
            detail.forEach(line -> printDetail(line, output));
        }
    }

    private static void printDetail(String line, Output output) {
        String text = "    " + line;
        if (line.startsWith("+ ")) {
            output.line(Colour.ADDED, text);
        }
        else if (line.startsWith("- ")) {
            output.line(Colour.REMOVED, text);
        }
        else {
            output.line(text);
        }
    }

    private long count(String action) {
        return answer.rows().stream().filter(row -> answer.value(row, "action").filter(action::equals).isPresent()).count();
    }
}
