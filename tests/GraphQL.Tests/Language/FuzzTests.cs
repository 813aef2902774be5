using Tributary.GraphQL.Language;
using Tributary.GraphQL.Tests.Differential;
using Tributary.GraphQL.Validation;

namespace Tributary.GraphQL.Tests.Language;

/// <summary>
/// Mutated documents: each is parsed and validated, or refused with an error. Nothing else may be thrown, and none
/// may hang.
/// </summary>
public sealed class FuzzTests
{
    private const int DocumentCount = 2_000;

    /// <summary>After this the run hangs, on however busy a machine.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task Mutated_documents_neither_crash_nor_hang()
    {
        var random = new Random(Seed.OfRun);
        var generator = new DocumentGenerator(GeneratedSchema.Schema, random);
        var mutator = new DocumentMutator(random);
        var last = "";
        var run = Task.Run(
            () =>
            {
                for (var i = 0; i < DocumentCount; i++)
                {
                    last = Mutated(generator, mutator, random);
                    Check(last);
                }
            },
            TestContext.Current.CancellationToken);
        try
        {
            await run.WaitAsync(Patience, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"seed {Seed.OfRun}: no end of\n{last}");
        }
    }

    private static string Mutated(DocumentGenerator generator, DocumentMutator mutator, Random random)
    {
        var text = generator.Document();
        var mutations = random.Next(1, 12);
        for (var i = 0; i < mutations; i++) text = random.Next(2) == 0 ? mutator.Mutate(text)
            : mutator.Characters(text);
        return random.Next(20) == 0 ? string.Concat(Enumerable.Repeat(text, random.Next(2, 50))) : text;
    }

    private static void Check(string text)
    {
        try
        {
            DocumentValidator.Validate(GeneratedSchema.Schema,
                Parser.Parse(text, new ParserOptions { MaxTokenCount = 20_000 }));
        }
        catch (Exception failure) when (failure is not GraphQLSyntaxException)
        {
            Assert.Fail($"seed {Seed.OfRun}: {failure}\n{text}");
        }
        catch (GraphQLSyntaxException)
        {
            // Refused: what most mutated documents deserve.
        }
    }
}
