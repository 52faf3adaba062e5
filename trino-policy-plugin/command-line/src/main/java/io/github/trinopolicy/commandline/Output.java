package io.github.trinopolicy.commandline;

import com.google.common.base.Throwables;
import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.commandline.OutputOptions.WhenColoured;
import io.github.trinopolicy.commandline.ProgramEnvironment.Stream;
import java.io.PrintWriter;
import java.util.Set;

/// What a command says: results on the standard output, everything else on the standard error.
///
/// What others wrote into policies and names is shown with its invisible characters spelled out, so that it can neither move the cursor
/// of a terminal nor hide a line.
final class Output {
    private static final int BAR_WIDTH = 30;
    // shorter ones would also be found where nobody wrote them
    private static final int SHORTEST_SECRET = 4;

    private final PrintWriter out;
    private final PrintWriter err;
    private final boolean colouredOut;
    private final boolean colouredErr;
    private final boolean progress;
    private final boolean debug;
    private Set<String> secrets = ImmutableSet.of();

    Output(ProgramEnvironment environment, OutputOptions options) {
        this.out = environment.out();
        this.err = environment.err();
        this.colouredOut = coloured(environment, options.color, Stream.OUT);
        this.colouredErr = coloured(environment, options.color, Stream.ERR);
        this.progress = !options.noProgress && environment.terminals().contains(Stream.ERR);
        this.debug = options.debug;
    }

    private static boolean coloured(ProgramEnvironment environment, WhenColoured when, Stream stream) {
        return switch (when) {
            case ALWAYS -> true;
            case NEVER -> false;
            case AUTO -> environment.terminals().contains(stream) && environment.variable("NO_COLOR").isEmpty();
        };
    }

    /// What may not be said from now on.
    void hide(Set<String> secrets) {
        this.secrets = secrets.stream().filter(secret -> secret.length() >= SHORTEST_SECRET).collect(ImmutableSet.toImmutableSet());
    }

    /// A line of the result.
    void line(String text) {
        out.println(visible(text));
    }

    void line(Colour colour, String text) {
        out.println(colouredOut ? colour.paint(visible(text)) : visible(text));
    }

    /// A result for machines, as it is.
    void raw(String text) {
        out.print(text);
    }

    /// A line for the person, apart from the result.
    void message(String text) {
        err.println(visible(hidden(text)));
        err.flush();
    }

    /// A question; the answer stands on the same line.
    void ask(String text) {
        err.print(visible(hidden(text)));
        err.flush();
    }

    void note(String text) {
        err.println(colouredErr ? Colour.WARNING.paint(visible(hidden(text))) : visible(hidden(text)));
        err.flush();
    }

    void failure(CommandFailure failure) {
        failure.lines().forEach(line -> err.println(colouredErr ? Colour.ERROR.paint(visible(hidden(line))) : visible(hidden(line))));
        debug(failure);
    }

    private void debug(Throwable failure) {
        if (debug) {
            err.println(hidden(Throwables.getStackTraceAsString(failure)));
        }
        err.flush();
    }

    /// How far the work has come; the last call, with `done == total`, takes the line away.
    void progress(String what, int done, int total) {
        if (!progress) {
            return;
        }
        int filled = total == 0 ? BAR_WIDTH : (int) ((long) BAR_WIDTH * done / total);
        String line = "%s [%s%s] %s/%s".formatted(what, "=".repeat(filled), " ".repeat(BAR_WIDTH - filled), done, total);
        err.print(done < total ? "\r" + line : "\r" + " ".repeat(line.length()) + "\r");
        err.flush();
    }

    private String hidden(String text) {
        String result = text;
        for (String secret : secrets) {
            result = result.replace(secret, "***");
        }
        return result;
    }

    private static String visible(String text) {
        StringBuilder result = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            switch (Character.getType(c)) {
                case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
                    result.append("\\u{%x}".formatted(c));
                default -> result.appendCodePoint(c);
            }
        });
        return result.toString();
    }
}
