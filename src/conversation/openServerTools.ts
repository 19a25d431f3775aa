/** The ids of server tools that were begun in these blocks of Claude's and have no result in them. */
export function openServerTools(blocks: readonly { readonly type: string }[]): Set<string> {
  const open = new Set(blocks.flatMap((block) => (isServerCall(block) ? [block.id] : [])));
  for (const block of blocks) {
    if ('tool_use_id' in block) open.delete(String(block.tool_use_id));
  }
  return open;
}

function isServerCall(block: { readonly type: string }): block is { readonly type: string; readonly id: string } {
  return block.type === 'server_tool_use' || block.type === 'mcp_tool_use';
}
