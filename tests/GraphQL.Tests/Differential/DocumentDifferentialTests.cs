using System.Text.Json;
using Tributary.GraphQL.Language;
using Tributary.GraphQL.Validation;

namespace Tributary.GraphQL.Tests.Differential;

/// <summary>Documents are accepted and refused exactly as the reference implementation does.</summary>
public sealed class DocumentDifferentialTests
{
    private const int DocumentCount = 6_000;

    /// <summary>
    /// The specification of September 2025 refuses this; version 16 of the reference implementation does not yet.
    /// </summary>
    private const string NewerThanOracle = "may not stand at the root of a subscription";

    /// <summary>
    /// Fields of one response name must have types of one shape (specification, section 5.3.2, SameResponseShape). The
    /// reference implementation knows no type of <c>__typename</c> there, and merges it with fields of any type.
    /// </summary>
    private static bool IsUnknownToOracle(string? oracle, string ours, string document) =>
        oracle is null && ours.Contains("conflict: they are of the types") && ours.Contains("String!")
        && document.Contains("__typename");

    [Fact]
    public Task Generated_documents_are_accepted_and_refused_as_by_the_reference_implementation() =>
        CompareAsync(Seed.OfRun);

    /// <summary>Seeds that once found a fault, here or in the reference implementation.</summary>
    [Theory]
    [InlineData(1042037811)]
    [InlineData(695380070)]
    public Task Documents_of_seeds_that_found_faults_are_judged_alike(int seed) => CompareAsync(seed);

    private static async Task CompareAsync(int seed)
    {
        var random = new Random(seed);
        var generator = new DocumentGenerator(GeneratedSchema.Schema, random);
        var mutator = new DocumentMutator(random);
        var documents = new List<string>();
        for (var i = 0; i < DocumentCount; i++)
        {
            var document = generator.Document();
            documents.Add(i % 2 == 0 ? document : mutator.Mutate(document));
        }

        var verdicts = await Oracle.Run("validate.mjs", new { sdl = GeneratedSchema.Sdl, documents });

        var disagreements = new List<string>();
        var accepted = 0;
        for (var i = 0; i < documents.Count; i++)
        {
            var verdict = verdicts[i].ValueKind == JsonValueKind.Null ? null : verdicts[i].GetString();
            var ours = Verdict(documents[i]);
            if (ours is null)
                accepted++;
            if (ours is not null
                && (ours.Contains(NewerThanOracle) || IsUnknownToOracle(verdict, ours, documents[i])))
                continue;
            if ((ours is null) != (verdict is null))
                disagreements.Add($"oracle: {verdict ?? "accepted"}\nours: {ours ?? "accepted"}\n{documents[i]}");
        }
        Assert.True(
            disagreements.Count == 0,
            $"seed {seed}, {disagreements.Count} disagreements:\n{string.Join("\n\n", disagreements.Take(5))}");
        // Both verdicts must be frequent, or the comparison says nothing.
        Assert.InRange(accepted, DocumentCount / 4, DocumentCount * 3 / 4);
    }

    private static string? Verdict(string text)
    {
        try
        {
            var errors = DocumentValidator.Validate(GeneratedSchema.Schema, Parser.Parse(text));
            return errors.Count == 0 ? null : errors[0].Message;
        }
        catch (GraphQLSyntaxException error)
        {
            return error.Message;
        }
    }
}
