package io.github.trinopolicy.plugin;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.TestInstance.Lifecycle.PER_CLASS;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// The directions in which packages may depend on each other, over all modules.
@TestInstance(PER_CLASS)
class TestArchitecture {
    private static final String ROOT = "io.github.trinopolicy";

    /// What masks there are and what they take; none of these computes a mask in a query.
    private static final Set<String> CATALOGUE_OF_MASKS = ImmutableSet.of("MaskCatalogue", "Service", "MaskEncoding", "Bucket", "TimeUnit",
            "RegexReplacement", "InvalidPatternException", "InvalidReplacementException");

    /// The packages of each module. A module may use its own packages and those of the modules that [#MAY_USE] names.
    private static final Map<String, Set<String>> MODULES = ImmutableMap.of(
            "metadata-store", ImmutableSet.of("model", "store", "keys"),
            "functions", ImmutableSet.of("crypto", "masking"),
            "access-control", ImmutableSet.of("bundle", "policy", "decision", "enforcement", "impact"),
            "fingerprint", ImmutableSet.of("fingerprint", "schedule", "service"),
            "command-line", ImmutableSet.of("commandline", "migration"),
            "trino-policy-plugin",
            ImmutableSet.of("administration", "attributes", "audit", "connector", "keyring", "metrics", "monitoring", "plugin", "sample",
                    "snapshot", "unmask", "valueset"));

    private static final Map<String, Set<String>> MAY_USE = ImmutableMap.of(
            "metadata-store", ImmutableSet.of(),
            "functions", ImmutableSet.of(),
            "access-control", ImmutableSet.of("metadata-store", "functions"),
            "fingerprint", ImmutableSet.of("metadata-store"),
            "command-line", ImmutableSet.of("metadata-store", "access-control"),
            "trino-policy-plugin", ImmutableSet.of("metadata-store", "functions", "access-control", "fingerprint"));

    private final JavaClasses classes = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages(ROOT);

    @Test
    void testEveryPackageBelongsToAModule() {
        Set<String> known = MODULES.values().stream().flatMap(Set::stream).map(name -> ROOT + "." + name)
                .collect(ImmutableSet.toImmutableSet());
        // a package without a module would escape the other rules; one without classes would make them empty
        assertThat(classes.stream().map(JavaClass::getPackageName).distinct()).containsExactlyInAnyOrderElementsOf(known);
    }

    @Test
    void testNoCyclesAmongPackages() {
        slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(classes);
    }

    @Test
    void testModulesDependInOneDirection() {
        MODULES.forEach((module, packages) -> {
            List<String> foreign = new ArrayList<>();
            MODULES.forEach((other, otherPackages) -> {
                if (!other.equals(module) && !MAY_USE.getOrDefault(module, ImmutableSet.of()).contains(other)) {
                    foreign.addAll(List.of(names(otherPackages)));
                }
            });
            if (!foreign.isEmpty()) {
                noClasses().that().resideInAnyPackage(names(packages)).should().dependOnClassesThat()
                        .resideInAnyPackage(foreign.toArray(String[]::new)).check(classes);
            }
        });
        noClasses().that().resideInAPackage(ROOT + ".model").should().dependOnClassesThat()
                .resideInAnyPackage(ROOT + ".store", ROOT + ".keys").check(classes);
        noClasses().that().resideInAPackage(ROOT + ".crypto").should().dependOnClassesThat().resideInAPackage(ROOT + ".masking")
                .check(classes);
    }

    @Test
    void testAccessControlSeesOnlyRecordsOfTheStoreAndTheCatalogueOfMasks() {
        noClasses().that().resideInAnyPackage(names(MODULES.getOrDefault("access-control", ImmutableSet.of()))).should()
                .dependOnClassesThat().resideInAnyPackage(ROOT + ".store", ROOT + ".keys", ROOT + ".crypto").check(classes);
        noClasses().that().resideInAnyPackage(names(MODULES.getOrDefault("access-control", ImmutableSet.of()))).should()
                .dependOnClassesThat(resideInAPackage(ROOT + ".masking").and(describe("are not the catalogue of masks",
                        type -> !CATALOGUE_OF_MASKS.contains(type.getSimpleName()))))
                .check(classes);
    }

    @Test
    void testRecordsOfTheDomainArePlain() {
        noClasses().that().resideInAPackage(ROOT + ".model").should().dependOnClassesThat()
                .resideInAnyPackage("io.trino..", "java.sql..", "javax.sql..", "org.jdbi..", "com.google.inject..", "io.airlift..",
                        "org.postgresql..")
                .check(classes);
    }

    @Test
    void testDatabaseIsBehindTheStore() {
        noClasses().that().resideOutsideOfPackage(ROOT + ".store").should().dependOnClassesThat()
                .resideInAnyPackage("org.jdbi..", "org.postgresql..", "com.zaxxer..", "org.flywaydb..").check(classes);
        // the command line and the service user are clients of Trino
        noClasses().that().resideOutsideOfPackages(ROOT + ".store", ROOT + ".commandline", ROOT + ".service").should().dependOnClassesThat()
                .resideInAnyPackage("java.sql..", "javax.sql..").check(classes);
    }

    @Test
    void testWiringIsInThePluginAlone() {
        noClasses().that().resideOutsideOfPackage(ROOT + ".plugin").should().dependOnClassesThat().resideInAPackage("com.google.inject..")
                .check(classes);
    }

    @Test
    void testSqlIsReadAndWrittenInOnePlace() {
        noClasses().that().resideOutsideOfPackage(ROOT + ".policy").should().dependOnClassesThat()
                .resideInAnyPackage("io.trino.sql.parser..", "io.trino.grammar..", "org.antlr..").check(classes);
        noClasses().that().resideOutsideOfPackage(ROOT + ".policy").should().dependOnClassesThat()
                .haveFullyQualifiedName("io.trino.sql.ExpressionFormatter").check(classes);
        noClasses().that().resideOutsideOfPackage(ROOT + ".policy").should().dependOnClassesThat()
                .haveFullyQualifiedName("io.trino.sql.SqlFormatter").check(classes);
    }

    @Test
    void testTimeIsInjected() {
        noClasses().should().callMethod(System.class, "currentTimeMillis").check(classes);
        noClasses().should().callMethod(java.time.Instant.class, "now").check(classes);
        noClasses().that().resideOutsideOfPackage(ROOT + ".snapshot").should().callMethod(System.class, "nanoTime").check(classes);
    }

    @Test
    void testSecretBytesStayWithWhoNeedsThem() {
        for (String secret : List.of(ROOT + ".crypto.DataKey", ROOT + ".keys.DataKey", ROOT + ".keys.SecretBytes")) {
            assertThat(classes.contain(secret)).describedAs(secret).isTrue();
            for (String method : List.of("bytes", "derive")) {
                noClasses().that(describe("have no business with secrets",
                        type -> !resideInAnyPackage(ROOT + ".crypto", ROOT + ".masking", ROOT + ".keys", ROOT + ".keyring",
                                ROOT + ".administration").test(type)))
                        .should().callMethodWhere(describe("calls %s.%s".formatted(secret, method),
                                call -> call.getTargetOwner().getFullName().equals(secret) && call.getName().equals(method)))
                        .check(classes);
            }
        }
    }

    private static String[] names(Set<String> packages) {
        return packages.stream().map(name -> ROOT + "." + name).toArray(String[]::new);
    }
}
