using Microsoft.Playwright;

namespace Tributary.Silo.Tests.Page;

[Collection(nameof(PageCollection))]
public sealed class MessageTests(PageFixture fixture)
{
    [Fact]
    public async Task A_message_shows_what_failed_and_can_be_tried_again()
    {
        var server = await fixture.ProcessingAsync();
        var source = OpenPage.Marker();
        var id = await server.PostMissingAsync(source, "a.txt");
        await using var page = await fixture.OpenAsync($"message/{id}", server);
        await Assertions.Expect(page.Tab.Locator("#message-facts")).ToContainTextAsync("retrying");
        await Assertions
            .Expect(page.Tab.Locator("#message-facts"))
            .ToContainTextAsync($"{source}-a.txt – message 1 of 1");
        await Assertions.Expect(page.Tab.Locator("#message-failures")).ToContainTextAsync("content_missing: ");

        server.WriteContent($"{source}-a.txt");
        await page.Tab.GetByRole(AriaRole.Button, new() { Name = "Retry now" }).ClickAsync();

        await Assertions.Expect(page.Tab.Locator("#message-facts")).ToContainTextAsync("completed");
        await Assertions.Expect(page.Tab.Locator("#message-unfailed")).ToBeVisibleAsync();
        await Assertions
            .Expect(page.Tab.Locator("#message-result"))
            .ToHaveTextAsync("Started again: the whole message.");
    }

    [Fact]
    public async Task The_records_of_its_item_stand_by_plugin_as_text_with_every_digit()
    {
        var server = await fixture.ProcessingAsync();
        var id = await server.PostAsync(
            $$"""{"uuid":"{{OpenPage.Marker()}}","file":"here.txt","text":"{{ProcessingServer.Hostile}}"}""", "rest");
        await server.WaitForStatusAsync(id, "COMPLETED");
        await using var page = await fixture.OpenAsync(
            $"message/{id}",
            server,
            new()
            {
                ViewportSize = new() { Width = 390, Height = 844 },
            });

        var records = page.Tab.Locator("#message-records details");
        await Assertions.Expect(records.Locator("summary strong")).ToHaveTextAsync(["datatypes", "picky", "sizes"]);
        await Assertions
            .Expect(records.Nth(1).Locator("pre"))
            .ToContainTextAsync($"\"note\": \"{ProcessingServer.Hostile}\"");
        await Assertions.Expect(records.Nth(1).Locator("pre")).ToContainTextAsync("\"big\": 12345678901234567890");
        await Assertions
            .Expect(page.Tab.Locator("#message-object"))
            .ToContainTextAsync($"\"text\": \"{ProcessingServer.Hostile}\"");
        Assert.Equal(0, await page.Tab.Locator("#message img").CountAsync());
        Assert.Equal(0, await page.OverflowAsync());
        Assert.NotEqual("owned", await page.Tab.TitleAsync());
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task What_could_not_be_mapped_is_shown_as_it_came()
    {
        var server = await fixture.ProcessingAsync();
        var id = await server.PostAsync("""{ "file" : "<i>Überall</i>" }""", "rest");
        await using var page = await fixture.OpenAsync($"message/{id}", server);

        await Assertions.Expect(page.Tab.Locator("#message-failures")).ToContainTextAsync("field_missing: ");
        await Assertions
            .Expect(page.Tab.Locator("#message-object pre"))
            .ToHaveTextAsync("""{ "file" : "<i>Überall</i>" }""");
        await Assertions.Expect(page.Tab.GetByRole(AriaRole.Button, new() { Name = "Park" })).ToBeDisabledAsync();
    }

    [Fact]
    public async Task A_look_up_leads_to_the_message_and_says_when_there_is_none()
    {
        var server = await fixture.ProcessingAsync();
        var id = await server.PostMissingAsync(OpenPage.Marker(), "a.txt");
        await using var page = await fixture.OpenAsync("saved", server);
        await page.Tab.GetByLabel("Message id").FillAsync($" {id} ");
        await page.Tab.GetByRole(AriaRole.Button, new() { Name = "Look up" }).ClickAsync();
        await Assertions.Expect(page.Tab.Locator("#message h1")).ToBeFocusedAsync();
        await Assertions.Expect(page.Tab.Locator("#message-facts")).ToContainTextAsync("retrying");

        foreach (var unknown in new[] { "01890000-0000-7000-8000-000000000000", "100%" })
        {
            await page.Tab.EvaluateAsync($"location.hash = '#/message/{unknown}'");
            await Assertions.Expect(page.Tab.Locator("#message-error")).ToContainTextAsync(unknown);
            await Assertions.Expect(page.Tab.Locator("#message-whole")).ToBeHiddenAsync();
        }
    }
}
