"""Files: what a program opens, and what that held.

`reads` notices files, `handed` those that are named to others, `children` those of its workers;
`readers` says on whose behalf, `places` which file is meant, `content` hashes it.
"""
