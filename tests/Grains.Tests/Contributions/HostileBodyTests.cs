using System.Text;
using Tributary.Grains.Tests.Grains;
using Tributary.Measures;
using Tributary.Pipeline.Contributions;

namespace Tributary.Grains.Tests.Contributions;

/// <summary>Bodies made to hurt: each is read or refused, and what is read is counted.</summary>
public sealed class HostileBodyTests
{
    private static readonly ContributionCalculator Calculator = Calculations.Calculator(
        """
        {"name":"a","group":[{"name":"g","pointer":"/a/1/b"}],"measures":[
          {"name":"s","kind":"sum","pointer":"/v"},{"name":"d","kind":"distinct","pointer":"/v"},
            {"name":"q","kind":"quantiles","pointer":"/v"}]}
        """);

    [Theory]
    [InlineData("{\"v\":1e308}")]
    [InlineData("{\"v\":1e400}")]
    [InlineData("{\"v\":-1e-400}")]
    [InlineData("{\"v\":0e999999999999999999999999}")]
    [InlineData("{\"a\":[0,{\"b\":{\"b\":1}}]}")]
    [InlineData("{\"a\":{\"1\":{\"b\":\"x\"}},\"a\":[]}")]
    [InlineData("{\"\":\"\",\"\":{}}")]
    public void Odd_bodies_do_not_throw(string body) =>
        Assert.InRange(Calculator.Calculate("test", Encoding.UTF8.GetBytes(body), FakeTurn.Start).Count, 0, 1);

    [Fact]
    public void A_number_of_a_million_digits_is_skipped()
    {
        var contribution = Assert.Single(
            Calculator.Calculate(
                "test", Encoding.UTF8.GetBytes($$"""{"v":{{new string('9', 1_000_000)}}}"""), FakeTurn.Start));
        Assert.All(contribution.Delta.Measures, measure => Assert.Equal(1, measure.Skipped));
    }

    [Fact]
    public void A_number_within_the_bounds_may_be_written_with_a_million_zeros()
    {
        var body = $$"""{"v":0.{{new string('0', 1_000_000)}}5e1000000}""";
        var contribution = Assert.Single(Calculator.Calculate("test", Encoding.UTF8.GetBytes(body), FakeTurn.Start));
        Assert.Equal("0.5", ((SumMeasure)contribution.Delta.Measures[0]).Sum.ToString());
    }

    [Fact]
    public void Any_bytes_are_read_or_refused_with_a_code()
    {
        var random = new Random(20260131);
        ReadOnlySpan<byte> template = """{"a":[0,{"b":"x\u00e9\n"}],"v":-12.5e3,"w":{"v":[1,2,{}]}}"""u8;
        var codes = new HashSet<string>();
        for (var round = 0; round < 20_000; round++)
        {
            var body = template.ToArray();
            for (var change = random.Next(1, 4); change > 0; change--)
                body[random.Next(body.Length)] =
                    random.Next(3) == 0 ? (byte)random.Next(256) : template[random.Next(template.Length)];
            try
            {
                Assert.InRange(Calculator.Calculate("test", body, FakeTurn.Start).Count, 0, 1);
            }
            catch (TributaryException refused)
            {
                codes.Add(refused.Code);
            }
        }

        Assert.Equal(["body_not_json"], codes);
    }
}
