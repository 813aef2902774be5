using Tributary.GraphQL.Language;
using Tributary.GraphQL.Tests.Differential;
using Tributary.GraphQL.Validation;

namespace Tributary.GraphQL.Tests.Language;

/// <summary>Mutated documents: each is parsed and validated, or refused with an error. Nothing else may be thrown, and nothing may take long.</summary>
public sealed class FuzzTest
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan MostPerDocument = TimeSpan.FromSeconds(2);

    [Fact]
    public void Mutated_documents_neither_crash_nor_hang()
    {
        var seed = Seed.Next();
        var random = new Random(seed);
        var generator = new DocumentGenerator(GeneratedSchema.Schema, random);
        var mutator = new DocumentMutator(random);
        var options = new ParserOptions { MaxTokenCount = 20_000 };
        var total = System.Diagnostics.Stopwatch.StartNew();
        var count = 0;
        while (total.Elapsed < Duration)
        {
            var text = generator.Document();
            var mutations = random.Next(1, 12);
            for (var i = 0; i < mutations; i++) text = random.Next(2) == 0 ? mutator.Mutate(text) : mutator.Characters(text);
            if (random.Next(20) == 0) text = string.Concat(Enumerable.Repeat(text, random.Next(2, 50)));
            var clock = System.Diagnostics.Stopwatch.StartNew();
            try
            {
                DocumentValidator.Validate(GeneratedSchema.Schema, Parser.Parse(text, options));
            }
            catch (Exception failure) when (failure is not GraphQLSyntaxException)
            {
                Assert.Fail($"seed {seed}: {failure}\n{text}");
            }
            catch (GraphQLSyntaxException)
            {
                // Refused: what most mutated documents deserve.
            }
            Assert.True(clock.Elapsed < MostPerDocument, $"seed {seed}: {clock.Elapsed} for\n{text}");
            count++;
        }
        Assert.True(count > 500, $"only {count} documents in {Duration}");
    }
}
